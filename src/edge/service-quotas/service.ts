// Service Quotas, as far as the endpoint has it: what the caller's account may have, and how much of that it has.
import type { JsonService } from '../json-service.ts'
import {
  getAwsDefaultServiceQuota,
  getServiceQuota,
  listAwsDefaultServiceQuotas,
  listServiceQuotas,
  listServices,
} from './quotas.ts'
import { getQuotaUtilizationReport, startQuotaUtilizationReport } from './utilization.ts'

export const serviceQuotas: JsonService = {
  signingName: 'servicequotas',
  prefix: 'ServiceQuotasV20190624',
  operations: {
    GetAWSDefaultServiceQuota: getAwsDefaultServiceQuota,
    GetQuotaUtilizationReport: getQuotaUtilizationReport,
    GetServiceQuota: getServiceQuota,
    ListAWSDefaultServiceQuotas: listAwsDefaultServiceQuotas,
    ListServiceQuotas: listServiceQuotas,
    ListServices: listServices,
    StartQuotaUtilizationReport: startQuotaUtilizationReport,
  },
  unserved: `AssociateServiceQuotaTemplate CreateSupportCase DeleteServiceQuotaIncreaseRequestFromTemplate
    DisassociateServiceQuotaTemplate GetAssociationForServiceQuotaTemplate GetAutoManagementConfiguration
    GetRequestedServiceQuotaChange GetServiceQuotaIncreaseRequestFromTemplate ListRequestedServiceQuotaChangeHistory
    ListRequestedServiceQuotaChangeHistoryByQuota ListServiceQuotaIncreaseRequestsInTemplate ListTagsForResource
    PutServiceQuotaIncreaseRequestIntoTemplate RequestServiceQuotaIncrease StartAutoManagement StopAutoManagement TagResource
    UntagResource UpdateAutoManagement`,
  why: 'Quotas are set by the operator of the cloud: ask there for more.',
}
